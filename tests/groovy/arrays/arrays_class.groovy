def a = [3, 1, 2] as int[]
Arrays.sort(a)
println a
println Arrays.toString(a)
println Arrays.asList(1, 2)
println Arrays.asList('a', 'b').class.simpleName
println Arrays.equals([1] as int[], [1] as int[])
println Arrays.copyOf(a, 2)
println Arrays.copyOfRange(a, 1, 3)
def f = new int[3]
Arrays.fill(f, 7)
println f
println Arrays.hashCode([1, 2] as int[])
println Arrays.stream(a).sum()
println Arrays.deepToString([[1], [2]] as int[][])
println Arrays.binarySearch(a, 2)
