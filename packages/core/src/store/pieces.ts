import type { Piece } from "./state.js";
import type { StoreTurn } from "./turn.js";
import { set } from "./turn.js";

/** From now on this process answers so for an arc that it claims. */
export function placed(turn: StoreTurn, piece: Piece): void {
  set(turn, { pieces: joined([...turn.state.pieces, piece]) });
}

/** Pieces that lie side by side and are alike are one. */
function joined(pieces: ReadonlyArray<Piece>): ReadonlyArray<Piece> {
  for (const piece of pieces) {
    const next = pieces.find(
      (other) => other !== piece && other.start === piece.end && isAlike(piece, other),
    );
    if (next === undefined) continue;
    const both = { ...piece, end: next.end };
    return joined([...pieces.filter((other) => other !== piece && other !== next), both]);
  }
  return pieces;
}

function isAlike(one: Piece, other: Piece): boolean {
  return one.node === other.node && one.pull === other.pull;
}
