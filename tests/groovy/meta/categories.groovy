class Cat { static String twice(String s) { s * 2 } ; static int plusOne(Integer i) { i + 1 } }
use(Cat) {
    println 'ab'.twice()
    println 5.plusOne()
}
try { 'ab'.twice() } catch (MissingMethodException e) { println 'gone' }
