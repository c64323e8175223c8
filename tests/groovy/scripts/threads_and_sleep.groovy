def t = Thread.start { println 'worker' }
t.join()
sleep 1
Thread.sleep(1)
println 'done'
println Thread.currentThread() != null
