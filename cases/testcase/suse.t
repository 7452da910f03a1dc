# SUSE's words for locales and hardware, in format 2; what a namespace says holds for one test.
repo system 0 testtags <inline>
#>=Ver: 2.0
#>=Pkg: office 1 1 noarch
repo shop 0 testtags <inline>
#>=Ver: 2.0
#>=Pkg: office 2 1 noarch
#>=Pkg: office-lang-pt 2 1 noarch
#>=Prv: locale(office:pt;pt_BR)
#>=Pkg: wifi-fw 1 1 noarch
#>=Sup: modalias(pci:v8086*)
system x86_64 rpm system
namespace namespace:language(pt) @SYSTEM
job update name office
result transaction,problems <inline>
#>install office-lang-pt-2-1.noarch@shop
#>upgrade office-1-1.noarch@system office-2-1.noarch@shop

nextjob
namespace namespace:modalias(pci:v8086*) @SYSTEM
solverflags addalreadyrecommended
job verify all packages
result transaction,problems <inline>
#>install wifi-fw-1-1.noarch@shop
