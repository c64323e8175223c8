println new AssertionError((Object) 'a').message
println new StackOverflowError() instanceof VirtualMachineError
println new NumberFormatException('n') instanceof IllegalArgumentException
println new FileNotFoundException('f') instanceof IOException
println new ArrayIndexOutOfBoundsException('i') instanceof IndexOutOfBoundsException
println new MissingPropertyException('p', String).message
println new GroovyRuntimeException('g').message
println new InterruptedException('i') instanceof RuntimeException
