import java.util.concurrent.atomic.*
def i = new AtomicInteger(5)
println i.incrementAndGet()
println i.getAndIncrement()
println i.get()
println i.addAndGet(10)
i.set(1)
println i
println i.compareAndSet(1, 9)
println i.decrementAndGet()
def l = new AtomicLong()
println l.incrementAndGet().class.simpleName
def b = new AtomicBoolean(false)
b.set(true)
println b.get()
def r = new AtomicReference('a')
r.set('b')
println r.get()
