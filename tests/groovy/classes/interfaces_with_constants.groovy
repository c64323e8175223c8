interface Config { String NAME = 'cfg'; int MAX = 3 }
class Impl implements Config { def show() { "$NAME $MAX" } }
println Config.NAME
println new Impl().show()
println Impl.NAME
