/** Frequent family names of many cultures, folded to lower-case ASCII; written for this project from general knowledge. */
export const SURNAMES = `
abbott abdi abdullah abe abel abraham abrams acevedo acosta adair adams adamski adeyemi adkins agarwal aguilar aguirre ahmad ahmed ahn akhtar
albert albrecht alexander alfaro ali allan allen allison alonso alvarado alvarez amador amato ames anand anders andersen anderson andersson
andrade andre andrews angelini anthony antoine aoki appel aragon araujo archer arellano arias armstrong arnold arroyo arthur asante ashby
ashley ashton atkins atkinson aubert austin avery avila ayala ayers aydin bach bachmann backer bailey baird baker bakker baldwin ball ballard
banerjee banks barber barbieri barker barlow barnes barnett baron barr barrera barrett barron barry bartels barth barthel bartlett barton
basu bates batista bauer baum baumann baumgartner baxter beach beard beasley beaulieu beck becker beckett beckmann begum behrens bell
bellini beltran bender benitez benjamin bennett benoit benson bentley berg berger bergeron bergman bergmann bernard bernardi bernhardt
bernstein berry bertrand best bhatt bianchi binder bird bishop black blackburn blackwell blair blake blanc blanchard blanco blanc blankenship blom boehm
bogdanov bolton bond bonnet booker boone booth borges bosch bosman bouchard boucher bowen bowers bowman boyd boyer boyle braddock bradford
bradley bradshaw brady brandt branch brandl braun bravo brennan brewer bridges briggs brinkmann britt brock brodersen brooks brouwer brown browning bruce
bruno brunner bruns bryan bryant buchanan buchholz buck buckley bueno bui bullock burch burgess burke burkhardt burnett burns burris burton bush
butler byers byrd byrne caballero cabrera cain calderon caldwell calhoun callahan camacho cameron campbell campos campbell cannon cano cantrell
cantu cardenas cardoso carey carlson carlsson carney caron carpenter carr carrillo carroll carson carter caruso carvalho carver casey
cash castaneda castillo castro cervantes chambers chan chandler chang chapman charles chase chatterjee chaudhary chavez chen cheng cheung
chevalier chin cho choi chopra chou choudhury chow christensen christian chu chua chung church clark clarke clay clayton clements clemens
clement cline cobb cochran coffey cohen cole coleman colin collier collins colombo colon combs compton conley connelly conner connolly
connor conrad conte contreras conway cook cooke cooley cooper copeland cordova cormier correia cortes cortez costa costello cote cowan
cox coyle craig crane crawford cross crosby cruz cuevas cummings cunningham curran currie curry curtis dahl dale dalton daly daniel
daniels das davenport david davidson davies davila davis dawson day dean decker deckers dejesus delacruz delaney deleon delgado deluca
demir deng denis dennis desai deschamps desjardins deutsch devries diallo dias diaz dickerson dickson diehl dietrich dillon dimitriou dinh dixon
dobrowolski dodson doe doherty dominguez donahue donaldson donnelly donovan dorsey dougherty douglas downey downs doyle drake drew dubois
duarte dudley duffy dufour duke duncan dunlap dunn dunne dupont dupuis duran durand durham dutta dyer eaton eberhardt ebert eder edmonds edwards egan
eichhorn elliott ellis ellison emerson engel engelhardt england english erdogan erickson eriksen eriksson ernst escobar espinosa esposito estes
estrada evans everett ewing fabre farley farmer farrell faulkner feldman feldmann fernandes fernandez ferrara ferrari ferreira fields fierro figueroa
finley fischer fish fisher fitzgerald fitzpatrick fleischer fleming fletcher flores flowers floyd flynn fontaine forbes ford foreman forster fortin foster fournier
fowler fox francis francois frank franke franklin frazier frederick freeman french frey freitas friedman friedrich fritz frost fry fuchs
fuentes fujii fujita fukuda fuller fulton funk gaillard gaines galindo gallagher gallegos galli galloway gamble gao garcia gardner garner garnier garrett
garrison garza gates gauthier gautier gay geiger geisler gentry george gerard gerber gerlach ghosh giannini gibbs gibson gil gilbert giles gill
gillespie gilmore giordano girard glass gleason glenn glover goetz goldberg goldman goldstein gomes gomez gonzales gonzalez good goodman goodwin
gordon gore gottschalk gould grabowski graf graham granados grant graves gray green greene greenberg greer gregory greve griffin griffith grimaldi grimes groot
gross grossman groves gruber guerin guerra guerrero guevara guillaume gunther guo gupta gustafsson gutierrez guzman haas haase hagen hahn hale haley hall
hamann hamilton hammond hampton han hancock hanna hansen hanson hardin harding hardy harmon harper harrell harrington harris harrison hart hartley
hartman hartmann harvey hasan hassan hashimoto hastings hatfield hauser hawkins hayashi hayden hayes haynes hays heath hebert hein heinrich heinz helms henderson
hendricks hendrix hengst henning henry hensley henson herman hermann hernandez herrera herring herrmann hess hester heuer hewitt hickman hicks
higgins hill hinton hirsch ho hobbs hodge hodges hoffman hoffmann hofmann hogan holden holder holland holloway holm holmes holt holzer hood hooper hoover
hopkins hopper horn horne horton horvat horvath house houston howard howe howell hu huang hubbard huber hudson huerta huff hughes hull humphrey humphries hunt
hunter hurley hurst hussain hutchinson hwang ibarra ibrahim ingram inoue iqbal irwin isaac ishii ito ivanov ivanova iyer jackson jacob jacobs
jacobsen jacobson jaeger jahn jain james jameson janssen jansen jansson jarvis jefferson jenkins jennings jensen jeong jimenez jin johansen johansson johns johnson
johnston jones jonsson jordan jorgensen joseph joshi joyce juarez jung kaiser kaminski kane kang kapoor karimi karlsson kato kauffman kaufman kaufmann kaur kay keck keller
kelley kelly kemp kennedy kent kerr kessler khalil khan kidd kiefer kim kimura king kirby kirchner kirk klein kline kluge knapp knight knowles knox
kobayashi koch koehler koenig kohl kohler kolb kondo konig korhonen koster kovac kovacs kowalczyk kowalski kraemer kraft kramer kraus krause krauss krebs kristensen kroger krueger kruger
kruse kuhn kumar kunz kurz lacroix lam lamb lambert lancaster landry lane lang lange langley lara larsen larson larsson lassiter laurent lavoie law
lawrence lawson le leach leblanc leclerc leclercq leduc lee lefebvre lefevre legrand lehmann lehtinen leitner lemaire lenz leon leonard leroux leroy leslie lester levine levy lewis li liang lim
lin lind lindberg lindgren lindner lindsay lindsey lindstrom little liu livingston lloyd lo locke loeffler logan lombardi lombardo long lopes lopez lorenz lott love lowe lowery lu lucas ludwig
luna lund lundberg lutz lynch lynn lyons ma maas macdonald macias mack mackenzie maclean macleod madden maddox madsen mahler mahoney maier mair maldonado malhotra malik malone mancini
mann manning marchand marchetti marin marino marks marques marquez marsh marshall martel martens martin martinez martini martins marx mason massey masson mata mathews mathieu mathis matthews
matsumoto maurer maxwell may mayer maynard mayo mayr mazur mcbride mccall mccann mccarthy mcclain mcclure mcconnell mccormack mccormick mccoy mccullough mcdaniel mcdonald mcdowell mcfarland
mcgee mcgrath mcguire mcintosh mcintyre mckay mckee mckenna mckenzie mckinney mcknight mclaughlin mclean mcleod mcmahon mcmillan mcnamara mcneil mcpherson
mcqueen meadows medina mehta meier meister mejia melendez mello melton mendes mendez mendoza menon menzel mercado mercer mercier merkel merrill merritt messina metz metzger meyer meyers meza
michael michaels michalski michaud michel middleton mikkelsen miles miller millet mills milne miranda mishra mitchell moeller mohamed mohammed mohr molina moller monroe montes montgomery
montoya moody moon moore mora morales moran moreau morel moreno moretti morgan mori morin morris morrison morrow morse morton moser moses mosley moss moulin mueller mukherjee muller
mullen mullins munoz murillo murphy murray musa myers nagel nair nakamura nakajima nance naranjo nash nava navarro naumann nayak neal nelson neubauer neumann newman newton ng ngo nguyen nicholas
nicholls nichols nicholson nicolas nielsen niemann nieto nilsson nixon noble noel nolan nolte norman norris northrup norton norwood novak nowak nunes nunez nwosu obrien ochoa
oconnell oconnor odom odonnell oesterreich ogawa okada okafor okeke okonkwo oliver olivera oliveira olsen olson olsson oneal oneill onyango oram orr ortega ortiz osborne osei osman otto owen
owens owusu ozdemir ozturk pace pacheco padilla page palmer pan pappas parent park parker parks parrish parsons patel paterson pathak patil patrick patterson patton paul paulsen payne pearce pearson
peck pedersen pellegrini peltier pena pennington pereira perez perkins perrin perrot perry persson peters petersen peterson petit petrov petrova petty pfeiffer pham phan phelps philipp phillips
picard pierce pierre pietsch pineda pinto pittman pohl poirier poletti pollard pollock ponce poole pope popescu popov porter poulsen powell powers prasad pratt prescott preston price prince pruitt pugh
quinn quintero rahman ramirez ramos ramsey randall randolph rangel rao rasmussen ray raymond reddy reed reese reeves reich reichert reid reilly reinhardt reis reiter renard renaud renner
reyes reynolds rhodes ribeiro ricci rice rich richard richards richardson richmond richter riedel riley rinaldi rios ritter rivas rivera rivers roach robbins robert roberts robertson robin robinson robles
rocha rodgers rodrigues rodriguez rogers rojas roman romano romero root rosa rosales rosario rose rosen rosenberg rosenthal ross rossi roth rousseau roussel rowe rowland roy rubin rubio rudolph
ruiz rush russell russo rutledge ryan sadler saito sakamoto salas salazar salinas salvatore samson sampson samuels sanchez sanders sanderson sandoval sanford santana santiago santoro santos sato saunders sauter savage
sawyer schaefer schafer schaffer scherer schilling schindler schlegel schmid schmidt schmitt schmitz schneider scholz schreiber schroder schroeder schubert schuler schulte schultz schulz schulze schumacher schuster
schwab schwartz schwarz scott seidel seiler sellers serra serrano sexton shaffer shah shaikh shannon sharma sharp shaw shea shelton shen shepard shepherd sheppard sherman shields shimizu short
siddiqui siegel silva silverman simmons simon simons simpson sims sinclair singh singleton skinner sloan small smit smith smits snow snyder soares solis solomon sommer song sorensen soto sousa
spalding sparks spears spencer stafford stahl stanley stanton stark steele stein steiner stephens stephenson stern stevens stevenson stewart stokes stone storey strauss streit strickland strong
stuart suarez suleiman sullivan summers sun sutton suzuki svensson swanson sweeney swift sykes szabo takahashi talley tan tanaka tanner tate taylor teixeira temple tennant terrell terry tessier
thapa thiel thomas thompson thomson thornton tian tillman todd tomlinson torres toth townsend tran travis trevino trinh tripathi trujillo truong tucker turner tyler tyson uddin ulrich underwood unger
urban valdez valencia valentin valentine valenzuela vance vandenberg vang vargas varga vasquez vaughan vaughn vazquez vega velasco velasquez velez venter vera vernon vickers vidal vieira vigil villa
villanueva villarreal vincent virtanen visser vitale vo vogel vogt voigt volkov vos wade wagner wahl walker wall wallace waller walls walsh walter walters walton wang ward ware warner warren washington watanabe
waters watkins watson watts weaver webb weber webster weeks wegner wei weiler weinberg weiss welch wells wendt wenzel werner west weston wheeler whitaker white whitehead whitfield whitley whitney wiggins wilcox wild wiley wilkerson
wilkins wilkinson willems william williams williamson willis wilson winkler winter winters wirth wise witt wolf wolfe wolff wong wood woodard woods woodward wright wu wyatt xiao xie xu yadav yamada
yamaguchi yamamoto yamashita yan yang yates ye yilmaz yildiz yoder yoon yoshida young yu yusuf zamora zapata zavala zeller zhang zhao zheng zhou zhu zieger ziegler zielinski zimmerman zimmermann zuniga
addison alzheimer asperger barlow bartholin bartholomew basedow bechterew behcet billroth bochdalek bosniak bouchard broca brodie brugada buerger burkitt caroli charcot chopart codman colles cowper crohn cushing debakey dejerine dieulafoy dressler duchenne dupuytren ebstein eisenmenger ewing fallot felty finkelstein foley fontan fournier foville freiberg friedreich galeazzi gartland gaucher gerota gleason goodpasture gorham greenfield grashey guillain guyon haglund haustral heberden heschl hickman hirschsprung hodgkin hoffa horner hounsfield huntington hurler kager kaposi kartagener kasabach kawasaki kellgren kerley kernohan kienbock klatskin klippel krukenberg kupffer lachman langerhans lasegue lauenstein legg leigh leksell leriche letournel lewy lieberkuhn lisfranc loeys luschka madelung maffucci maisonneuve marfan marjolin meckel meigs mendelson meniere merkel mikulicz mirizzi mondini mondor monteggia morgagni moro morquio neer niemann noonan nyquist oddi ollier osgood osler paget pancoast parinaud parkes parkinson pelizaeus perthes peutz peyer peyronie pfannenstiel pott pouteau prinzmetal rathke raynaud reinke riedel rokitansky rolando romberg rosai roux salter schatzki scheuermann schlatter schmorl schuller segond sever sharpey shenton sjogren sprengel stener stieda sturge sudeck swyer sylvius takayasu tarlov terson thornwaldt tietze tinel tornwaldt tourette towne trendelenburg troisier turcot valsalva virchow waldenstrom waldeyer wallenberg warthin wegener weigert wernicke wertheim wharton whipple wilkie wilms wimberger wirsung zenker ziehl zollinger zuckerkandl
`;
