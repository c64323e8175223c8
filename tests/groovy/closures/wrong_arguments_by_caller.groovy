// A closure called by the library lacks doCall, one called by the script lacks call.
def attempt(Closure c) {
    try {
        c()
    } catch (MissingMethodException e) {
        println e.message.readLines().first().replaceAll(/\S*\$\S*closure\d*/, 'closure')
    }
}
attempt { 'ab'.findAll(/(a)(b)/) { all, one -> } }
attempt { [1].each { a, b -> } }
attempt { [1].collect { String s -> } }
attempt { [1].inject(0) { a -> } }
attempt { 5.times { a, b -> } }
attempt { ({ a, b -> })(1) }
attempt { ({ String a -> }).call(1) }
