// Classes: fields, inheritance, properties, operators, interfaces.
interface Shape { double area() }
abstract class Base implements Shape { String name; int uses = 0; double scaled(double f) { uses++; area() * f } }
class Square extends Base { double side; double area() { side * side } }
class Circle extends Base { double radius; double area() { radius * radius * 3 } }
class Vec {
    final int x, y
    Vec(int x, int y) { this.x = x; this.y = y }
    Vec plus(Vec o) { new Vec(x + o.x, y + o.y) }
    boolean equals(Object o) { o instanceof Vec && o.x == x && o.y == y }
    int hashCode() { x * 31 + y }
}
double sum = 0
def shapes = []
for (int i = 0; i < 5000; i++) shapes << (i % 2 ? new Square(name: "s$i", side: i % 10) : new Circle(name: "c$i", radius: i % 7))
20.times { for (s in shapes) sum += s.scaled(1.5d) }
def v = new Vec(0, 0)
for (int i = 0; i < 60000; i++) v = v + new Vec(i % 3, 1)
println "$sum ${v.x} ${v.y} ${shapes[3].uses} ${v == new Vec(v.x, v.y)}"
