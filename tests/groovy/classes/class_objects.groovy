println String.name
println String.simpleName
println String
println Integer.class
println 'a'.class == String
println int.class
println int
println int[].class.name
println([] .getClass() == ArrayList)
println Map.isInterface()
println ArrayList.superclass
println String.isInstance('x')
println Number.isAssignableFrom(Integer)
println Class.forName('java.util.Date').simpleName
println(String[].simpleName)
println Thread.State.class.simpleName.size() > 0
