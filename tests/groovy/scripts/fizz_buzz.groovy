(1..15).each { println(it % 15 == 0 ? 'FizzBuzz' : it % 5 == 0 ? 'Buzz' : it % 3 == 0 ? 'Fizz' : it) }
