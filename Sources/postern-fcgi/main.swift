import Handlers

PoolProgram.main()
