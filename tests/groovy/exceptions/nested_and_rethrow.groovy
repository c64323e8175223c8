try {
    try {
        throw new RuntimeException('inner')
    } catch (RuntimeException e) {
        throw new IllegalStateException('outer', e)
    } finally {
        println 'cleanup'
    }
} catch (IllegalStateException e) {
    println e.message
    println e.cause.message
    println e.cause.class.name
}
