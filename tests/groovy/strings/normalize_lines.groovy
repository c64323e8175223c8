println 'a\r\nb\rc'.normalize().readLines()
println 'a\nb'.denormalize().size()
