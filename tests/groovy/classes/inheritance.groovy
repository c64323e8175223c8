class Animal {
    String name
    Animal(String name) { this.name = name }
    String speak() { '...' }
    String describe() { "$name says ${speak()}" }
}
class Dog extends Animal {
    Dog(String n) { super(n) }
    @Override String speak() { 'Woof' }
    String describe() { super.describe() + '!' }
}
def d = new Dog('Rex')
println d.describe()
println d instanceof Animal
println Dog.superclass.simpleName
println d.class == Dog
println([new Animal('a'), d]*.speak())
