// The comparator of String that minds no case.
def l = ['b','a','C']
l.sort(String.CASE_INSENSITIVE_ORDER); println l
println new TreeMap(String.CASE_INSENSITIVE_ORDER).with { put('b',1); put('A',2); put('B',3); it }
println new TreeSet(String.CASE_INSENSITIVE_ORDER).with { addAll(['b','A','B']); it }
Collections.sort(l, String.CASE_INSENSITIVE_ORDER); println l
println l.toSorted(String.CASE_INSENSITIVE_ORDER)
println l.max(String.CASE_INSENSITIVE_ORDER)
