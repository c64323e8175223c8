class Job {
    enum State { IDLE('i'), BUSY('b')
        final String code
        State(String c) { code = c }
        static State of(String c) { values().find { it.code == c } }
        boolean isActive() { this == BUSY }
    }
    State state = State.IDLE
    String show() {
        switch (state) {
            case State.IDLE: return 'idle'
            case State.BUSY: return 'busy'
        }
    }
}
def j = new Job()
println j.show()
j.state = 'BUSY'
println j.show()
println j.state.active
println Job.State.of('b')
println Job.State.of('x')
println Job.State.valueOf('IDLE').code
try { Job.State.valueOf('NOPE') } catch (IllegalArgumentException e) { println e.message }
try { j.state = 'NONE' } catch (e) { println e.class.simpleName + ': ' + e.message }
println Job.State.values()*.code
println EnumSet.allOf(Job.State).findAll { it.active }
println 'BUSY' as Job.State
println Job.State.IDLE.name() + Job.State.IDLE.ordinal()
println Job.State.BUSY.next()
println Job.State.IDLE.previous()
println Job.State.IDLE < Job.State.BUSY
println Job.State.BUSY.compareTo(Job.State.IDLE)
println((Job.State.IDLE..Job.State.BUSY).size())
println Job.State.BUSY.declaringClass
println Job.State.MIN_VALUE
println Job.State.MAX_VALUE
println([(Job.State.IDLE): 1])
