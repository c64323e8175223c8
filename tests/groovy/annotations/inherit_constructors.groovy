import groovy.transform.InheritConstructors
@InheritConstructors class MyException extends RuntimeException { }
try { throw new MyException('m') } catch (MyException e) { println e.message }
println new MyException().message
println new MyException('a', new Exception('c')).cause.message
