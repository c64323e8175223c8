class A {
    def run() {
        def c = { [this.class.simpleName, owner.class.simpleName, delegate.class.simpleName] }
        c()
    }
    def nested() {
        def outer = { def inner = { owner instanceof Closure }; [inner(), this.class.simpleName] }
        outer()
    }
}
println new A().run()
println new A().nested()
def c = { owner.is(this) && delegate.is(this) }
println c()
