// A printer of indented text that indents by itself, and one that does not break lines.
import groovy.util.IndentPrinter

def text = new StringWriter()
def printer = new IndentPrinter(text, '--', true, true)
printer.println('a')
printer.incrementIndent()
printer.println('b')
printer.print('c')
printer.print('d')
printer.println()
printer.indentLevel = 3
println printer.indentLevel
printer.println('e')
printer.decrementIndent()
printer.printIndent()
printer.println('f')
printer.flush()
println text
def flat = new StringWriter()
def other = new IndentPrinter(flat, '  ', false)
other.incrementIndent()
other.printIndent()
other.println('x')
other.println('y')
println flat
