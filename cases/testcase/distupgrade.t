# A distribution upgrade goes to what the new release has, also downwards; what it lost stays.
repo system 0 testtags <inline>
#>=Ver: 3.0
#>=Pkg: app 5 1 noarch
#>=Prv: app = 5-1
#>=Pkg: lost 1 1 noarch
#>=Prv: lost = 1-1
#>=Req: app
repo release 0 testtags <inline>
#>=Ver: 3.0
#>=Pkg: app 4 1 noarch
#>=Prv: app = 4-1
system x86_64 rpm system
job distupgrade all packages
result transaction,problems <inline>
#>downgrade app-5-1.noarch@system app-4-1.noarch@release

nextjob
job distupgrade all packages
job droporphaned all packages
result transaction,problems <inline>
#>downgrade app-5-1.noarch@system app-4-1.noarch@release
#>erase lost-1-1.noarch@system
