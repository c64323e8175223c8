println Objects.equals(null, null)
println Objects.equals('a', 'a')
println Objects.hash(1, 2, 3)
println Objects.toString(null)
try { Objects.requireNonNull(null, 'needed') } catch (NullPointerException e) { println e.message }
println Objects.isNull(null)
println Objects.hashCode(null)
