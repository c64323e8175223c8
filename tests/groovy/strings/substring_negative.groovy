try { 'abc'.substring(-1) } catch (StringIndexOutOfBoundsException e) { println e.message }
try { 'abc'.substring(4) } catch (StringIndexOutOfBoundsException e) { println e.message }
try { 'abc'.substring(2, 1) } catch (StringIndexOutOfBoundsException e) { println e.message }
