def env = 'prod'
switch ("${env}") { case 'prod': println 'match'; break; default: println 'no' }
switch ('prod') { case "${env}": println 'match'; break; default: println 'no' }
switch (env) { case ['dev', 'test']: println 'low'; break; case 'prod': println 'high' }
