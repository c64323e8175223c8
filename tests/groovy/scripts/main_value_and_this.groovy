println this.class.simpleName
println this instanceof Script
println binding.class.simpleName
def c = { this.class.simpleName }
println c()
