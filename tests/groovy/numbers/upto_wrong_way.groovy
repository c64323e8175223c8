try { 3.upto(1) { print it } } catch (e) { println e.class.name; println e.message }
try { 1.downto(3) { print it } } catch (e) { println e.message }
