class A { private def p() { 'A.p' }; def callP() { p() } ; def q() { 'A.q' }; def callQ() { q() } }
class B extends A { private def p() { 'B.p' }; def q() { 'B.q' } }
println new B().callP()
println new B().callQ()
