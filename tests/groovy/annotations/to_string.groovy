import groovy.transform.ToString
@ToString class A { String s; int n }
@ToString(includeNames = true) class B { String s; int n }
@ToString(excludes = 'n', includePackage = false) class C { String s; int n }
println new A(s: 'x', n: 1)
println new B(s: 'x', n: 1)
println new C(s: 'x')
