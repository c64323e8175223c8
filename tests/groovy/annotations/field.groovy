import groovy.transform.Field
@Field def shared = 'f'
@Field List log = []
@Field final int LIMIT = 3
def use1() { log << shared; LIMIT }
println use1()
shared = 'changed'
use1()
println log
println this.shared
