class Config { enum Mode { FAST, SAFE } ; Mode mode = Mode.SAFE }
println new Config().mode
println Config.Mode.FAST
println new Config(mode: 'FAST').mode
