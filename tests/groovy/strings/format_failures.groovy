try { String.format('%d', 'x') } catch (e) { println e.class.name + ': ' + e.message }
try { String.format('%s %s', 'x') } catch (e) { println e.class.name + ': ' + e.message }
try { String.format('%q', 1) } catch (e) { println e.class.name + ': ' + e.message }
try { String.format('%d', 1.5) } catch (e) { println e.class.name + ': ' + e.message }
try { String.format('%.2f', 1) } catch (e) { println e.class.name + ': ' + e.message }
