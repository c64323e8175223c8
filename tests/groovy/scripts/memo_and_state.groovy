class Cache { private final Map store = [:]; int hits = 0
    def get(k, Closure make) { if (store.containsKey(k)) { hits++; return store[k] }; store[k] = make(k) } }
def c = new Cache()
println c.get('a') { it * 2 }
println c.get('a') { 'never' }
println c.hits
