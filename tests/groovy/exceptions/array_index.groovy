def a = [1, 2] as int[]
try { a[5] } catch (ArrayIndexOutOfBoundsException e) { println e.message }
try { a[2] = 1 } catch (ArrayIndexOutOfBoundsException e) { println e.message }
println a[-1]
try { println a[-3] } catch (ArrayIndexOutOfBoundsException e) { println e.message }
try { new int[-1] } catch (NegativeArraySizeException e) { println e.message }
