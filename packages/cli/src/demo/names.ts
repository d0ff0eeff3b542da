import { type Dirent, existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { failed } from "../failure.js";

/** Paths of real files, relative to the folder that `root` is in, at most `count`. */
export interface Names {
  readonly root: string;
  readonly names: ReadonlyArray<string>;
}

/** The names of files below `folder`, or below the nearest `node_modules` of `from` or above. */
export function fileNames(folder: string | undefined, from: string, count: number): Names {
  const root = folder === undefined ? nearestModules(from) : resolve(from, folder);
  if (!existsSync(root) || !statSync(root).isDirectory())
    throw failed(`${root} is no folder: name one with --files`);
  const own = filesBelow(root, count, false);
  // Package managers that link packages have each file once and many names for it: all of them are real.
  const names = own.length < count ? filesBelow(root, count, true) : own;
  if (names.length === 0) throw failed(`there are no files below ${root}: name another folder with --files`);
  return { root, names: names.map((path) => relative(dirname(root), path)) };
}

function nearestModules(from: string): string {
  const here = join(from, "node_modules");
  if (existsSync(here)) return here;
  const above = dirname(from);
  if (above === from) throw failed("there is no node_modules here or above: name a folder with --files");
  return nearestModules(above);
}

/** Breadth first, so that links that lead round in circles (each name longer than the last) come to no harm. */
function filesBelow(root: string, count: number, throughLinks: boolean): string[] {
  const files: string[] = [];
  let level = [{ path: root, trail: new Set([realpathSync(root)]) }];
  while (level.length > 0 && files.length < count) {
    const next: typeof level = [];
    for (const { path, trail } of level) {
      for (const entry of entries(path)) {
        const below = join(path, entry.name);
        if (entry.isFile()) files.push(below);
        else if (entry.isDirectory()) next.push({ path: below, trail });
        else if (throughLinks && entry.isSymbolicLink()) {
          const target = folderBehind(below);
          if (target !== null && !trail.has(target))
            next.push({ path: below, trail: new Set([...trail, target]) });
        }
      }
    }
    level = next;
  }
  return files.slice(0, count);
}

function entries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function folderBehind(link: string): string | null {
  try {
    const target = realpathSync(link);
    return statSync(target).isDirectory() ? target : null;
  } catch {
    return null;
  }
}
