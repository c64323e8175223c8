class Base { private int hidden = 1; protected kept = 2; String shown = 'x' }
class Derived extends Base { private own = 3
  def readField() { this.@hidden }
  def writeField() { this.@hidden = 5 }
  def readNothing() { this.@nothing }
}
def attempt = { name, body -> try { println "$name: ${body()}" } catch (e) { println "$name: ${e.class.name}: ${e.message}" } }
def d = new Derived()
attempt('readField') { d.readField() }
attempt('writeField') { d.writeField() }
attempt('readNothing') { d.readNothing() }
attempt('outside @') { d.@hidden }
attempt('outside @ own') { d.@own }
attempt('outside @ kept') { d.@kept }
attempt('outside @ shown') { d.@shown }
attempt('outside @ none') { d.@none }
attempt('outside write @ none') { d.@none = 1 }
attempt('outside . none') { d.none }
attempt('outside write . none') { d.none = 2 }
attempt('string @') { 'abc'.@nothing }
attempt('map @') { [a: 1].@a }
attempt('static') { Derived.nothing }
attempt('static @') { Derived.@nothing }

class Named { private int secret = 1; protected int kept; public int open; static int stat; private static int hid; String nam; static final String CON = 'x' }
// Only properties are suggested.
for (name in ['secre', 'kep', 'ope', 'sta', 'hi', 'na', 'CO']) {
  try { new Named()."$name" } catch (e) { println e.message }
}
