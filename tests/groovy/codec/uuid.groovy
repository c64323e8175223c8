println UUID.nameUUIDFromBytes('hello'.bytes)
def u = UUID.fromString('123e4567-e89b-12d3-a456-426614174000')
println u
println u.version()
println u.mostSignificantBits
println u.leastSignificantBits
println u == UUID.fromString('123E4567-E89B-12D3-A456-426614174000')
println u.hashCode()
println UUID.randomUUID().toString().length()
println UUID.randomUUID().version()
println UUID.randomUUID() != UUID.randomUUID()
println new UUID(1, 2)
println u.toString().replace('-', '').take(8)
