def r = 1..3
try { r << 4 } catch (UnsupportedOperationException e) { println 'refused' }
try { r.remove(0) } catch (UnsupportedOperationException e) { println 'refused' }
