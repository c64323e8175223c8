class Box { def value = 0 ; def set(Closure c) { c.delegate = this; c.resolveStrategy = Closure.DELEGATE_FIRST; c(); this } }
println new Box().set { value = 42 }.value
def value = 'local'
println new Box().set { value = 'changed' }.value
println value
