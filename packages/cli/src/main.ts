process.stderr.write("chordnet: no command exists yet\n");
process.exitCode = 2;
