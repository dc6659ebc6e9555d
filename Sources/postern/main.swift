import Handlers

Postern.run(ProgramArguments.words)
