try {
    int i = null
    println i
} catch (e) {
    println e.class.name
    println e.message
}
