try { foo } catch (MissingPropertyException e) { println e.property }
try { 'a'.bar } catch (MissingPropertyException e) { println e.property + ' ' + e.type }
try { 'a'.bar(1) } catch (MissingMethodException e) { println e.method + ' ' + e.type + ' ' + e.static }
try { Integer.nope() } catch (MissingMethodException e) { println e.method + ' ' + e.type + ' ' + e.static }
class K { }
try { new K().zip } catch (MissingPropertyException e) { println e.property + ' ' + e.type }
try { new K().zap('x', 1) } catch (MissingMethodException e) { println e.method + ' ' + e.type.name }
try { new K().nope = 1 } catch (MissingPropertyException e) { println e.property }
