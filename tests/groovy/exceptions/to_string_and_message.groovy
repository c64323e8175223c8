def e = new Exception('msg')
println e.toString()
println e.message
println e.getMessage()
println e.localizedMessage
println e.cause
println new Exception().message
println new Exception().toString()
println new RuntimeException(new IOException('root')).message
println new RuntimeException('m', new IOException('root')).cause
println new Exception(null as String).message
