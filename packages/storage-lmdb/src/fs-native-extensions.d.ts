declare module "fs-native-extensions" {
  /** Locks the file for writing; false where somebody else holds it. Ends with the descriptor, and with the process. */
  export function tryLock(fd: number): boolean;
}
