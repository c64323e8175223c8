// What is assigned to a property whose class has one setter for it is cast to what that takes.
def t(c) { try { println c() } catch (Throwable e) { println e.toString().readLines()[0] } }
class A { def got; void setX(int n) { got = n }; void setY(String s) { got = s }; int getX() { 7 }; void setC(char c) { got = c }; void setL(List l) { got = l }; void setB(boolean b) { got = b }; void setD(BigDecimal d) { got = d } ; void setO(int a) { got = "int $a" }; void setO(String a) { got = "string $a" }; void setZ(Date d) { got = d}; void setM(Set s) { got = s.class.simpleName } }
t { def a = new A(); a.x = 3.7; a.got }
t { def a = new A(); a.x = 'abc'; a.got }
t { def a = new A(); a.x = 5L; a.got }
t { def a = new A(); a.x = null; a.got }
t { def a = new A(); a.y = 5; a.got }
t { def a = new A(); a.y = "g${1}"; a.got.class }
t { def a = new A(); a.c = 'q'; a.got.class }
t { def a = new A(); a.c = 'qq'; a.got.class }
t { def a = new A(); a.l = 'ab'; a.got }
t { def a = new A(); a.b = 'x'; a.got }
t { def a = new A(); a.b = 0; a.got }
t { def a = new A(); a.d = 3; a.got.class }
t { def a = new A(); a.d = 1.5d; a.got.class }
t { def a = new A(); a.o = 5L; a.got }
t { def a = new A(); a.o = 'x'; a.got }
t { def a = new A(); a.o = 2.5; a.got }
t { def a = new A(); a.z = 5; a.got }
t { def a = new A(); a.m = [1, 1]; a.got }
t { def a = new A(); a.x = 'a' as char; a.got }
t { def a = new A(x: '5'); a.got }
t { def a = new A(y: 12, c: 'z'); a.got }
t { def d = new Date(0); d.time = 5; d.time }
t { def d = new Date(0); d.time = '5'; d.time }
t { def d = new Date(0); d.time = 5.9; d.time }
t { def f = new java.text.SimpleDateFormat('yyyy'); f.timeZone = TimeZone.getTimeZone('UTC'); f.lenient = 'x'; f.lenient }
t { def f = new java.text.DecimalFormat('0.00'); f.groupingSize = 2L; f.groupingUsed = 1; f.format(12345) }
