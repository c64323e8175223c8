switch (5) { case 1: println 'no' }
switch ([]) { case []: println 'empty list case'; break; default: println 'default' }
switch (0) { case false: println 'false'; break; case 0: println 'zero' }
switch ('') { case '': println 'empty' }
