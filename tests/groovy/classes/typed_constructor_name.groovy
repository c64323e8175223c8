// A method with its class's name and a return type is refused; with `def` it is a constructor.
def wrong = ['''class Job {
    String name
    void Job(String name) { this.name = name }
}''', 'class A { int A() { 1 } }']
wrong.each {
    try { new GroovyShell().evaluate(it) } catch (org.codehaus.groovy.control.MultipleCompilationErrorsException e) { println e.message.replaceAll(/Script\d+/, 'Script') }
}
