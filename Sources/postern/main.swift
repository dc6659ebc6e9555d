Postern.run(CommandLine.arguments.dropFirst())
