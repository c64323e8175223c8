interface Shape { double area(); }
interface Named { String getName() }
abstract class Base implements Shape, Named {
    String toString() { "$name ${area()}" }
    abstract double area()
}
class Square extends Base {
    double side
    double area() { side * side }
    String getName() { 'square' }
}
def s = new Square(side: 2)
println s
println s instanceof Shape
println s.name
try { Base.newInstance() } catch (InstantiationException e) { println 'abstract' }
