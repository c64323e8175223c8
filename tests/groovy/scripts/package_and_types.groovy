def f(List<String> l, Map<String, ?> m, int[] a, String... rest) { "${l.size()} ${m.size()} ${a.length} ${rest.length}" }
println f(['x'], [a: 1], [1, 2] as int[], 'p', 'q')
final String CONST = 'c'
println CONST
final x = 5
println x
