class Person {
    String name
    int age = 5
    private String secret = 's'
    public String open = 'o'
    def any
}
def p = new Person(name: 'Bob')
println p.name
println p.getName()
p.setAge(7)
println p.age
p.age = 8
println p.getAge()
println p.open
println p.any
println p['name']
println p.properties.keySet().sort()
