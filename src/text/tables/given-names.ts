/** Frequent given names of many cultures, folded to lower-case ASCII; written for this project from general knowledge. */
export const GIVEN_NAMES = `
aaron abby abdallah abdel abdo abdul abdullah abdulrahman abel abigail abraham abram achim ada adam adan adel adele adelaide adele
adeline aditi aditya adolf adrian adriana adriano adrien adrienne aegidius afonso agata agathe agnes agnese agnieszka agustin ahmad ahmed
ahmet aida aidan aiden aiko aileen aimee ainhoa aisha aishwarya ajay akash akemi akiko akio akira alain alan alana alasdair albert alberta
alberto albrecht alec alejandra alejandro aleksandar aleksander aleksandra aleksei alena alessandra alessandro alessia alessio alex
alexa alexander alexandra alexandre alexandria alexandros alexei alexis alfonso alfred alfredo ali alice alicia alina alisa alison
alisha alistair alla allan allen allison alma alois alonso alphonse alvaro alvin alyssa amal amalia amanda amar amara amber ambrose
amelia amelie amin amina amir amira amit amrita amy ana anabel anais anand anas anastasia anastasios anatoly anders andre andrea andreas
andree andrei andrej andres andrew andrey andrzej andy aneta angel angela angele angelica angelika angelina angelo angie angus anika
anil anita anja anke anna annabel annabelle anneliese annemarie annett annette annie annika anouk ansgar anselm anthony antje
antoine antoinette anton antonella antonia antonin antonino antonio antony anu anup anya april arash aria ariana ariane ariel arjun armand
armando armin arnaud arne arno arnold aron art arthur artur arturo arun arya asad asha ashley ashok ashraf asif astrid athena aubrey
audrey august augusta auguste augustin augusto aurelia aurelie aurelien aurora austin ava axel ayaka ayako aydin ayesha ayman ayse aziz
babette bailey barbara barbro barney barry bart bartholomew bartosz basil bastian bastien beata beate beatrice beatrix beatriz becky belen
belinda bella ben benedetta benedict benedikt benjamin bennett benno benoit bente bernadette bernard bernardo bernd bernhard bernice bert
bertha berthold bertrand beryl bess bessie beth bethany betsy bettina betty beverly bharat bianca bilal bill billie billy birgit birgitta
birgitte bjarne bjoern bjorn blake blanca blanche bob bobby bogdan boris bozena brad bradley brady brandon brenda brendan brent brett brian
briana bridget brigitte britta brittany brody bronwyn bruce brunhilde bruno bryan bryce burak burkhard byron caitlin caleb callum calvin
camila camilla camille candace candice carina carl carla carlo carlos carlotta carmela carmelo carmen carol carole carolin carolina caroline
carolyn carrie carsten carter cary casey caspar cassandra catalina catarina caterina catherine cathy cecile cecilia cedric celeste
celia celina celine cem cesar chad chaim chandra chantal charles charlene charley charlie charlotte chase chelsea chen cheng cheryl
chester chiara chidi chinedu chloe chris christa christel christelle christian christiane christina christine christof christoph
christophe christopher christos christy chuck chukwu ciara cindy claire clara clarence clarissa clark claude claudette claudia
claudine claudio claus clay clayton clemence clemens clement cliff clifford clint clinton clive clyde cody colette colin colleen conner
connie connor conny conrad constance constantin consuelo cora coralie cordula corey corina corinna corinne cornelia cornelis cornelius
cory cosimo courtney craig cristian cristiano cristina cristobal curt curtis cynthia cyril cyrus dagmar daisy dale dalia damian damien
damon dana dani daniel daniela daniele daniella danielle danilo danny daphne dara darcy daria dario darius darla darlene darrell darren
darryl daryl dave david davide davis dawn dean deanna debbie deborah debra declan deepa deepak deirdre delia delphine denis denise dennis
denny derek dermot derrick desiree desmond detlef devin devon dexter diana diane dianne dick diego dierk dieter dietlind dietmar dietrich
dilip dillon dimitri dimitrios dimitris dina dinesh dino dirk djamila dmitri dmitry dolores dominic dominik dominique don donald donatella
donna donovan dora dorian doreen doris dorota dorothea dorothee dorothy dorte doug douglas drew duane duncan dustin dwayne dwight dylan earl
eberhard ebony eckhard ed eddie edgar edith edmond edmund edna edoardo eduard eduardo edward edwin edyta eileen ekaterina ela elaine eleanor
elena eleni eleonora elfriede eli elia eliana elias elif elijah elin elina elinor elisa elisabeth elisabetta elise elizabeth elke ella
ellen ellie elliot elliott elmar elmer elodie eloise elsa elsbeth else elsie elvira elvis emanuel emanuele emerson emil emile emilia emilie
emilio emilse emily emine emma emmanuel emmanuelle emmett emre enrico enrique enzo eoin eric erica erich erik erika erin ernest ernesto
ernestine ernst errol erwin esteban estelle ester esther ethan ethel etienne eugen eugene eugenia eugenie eugenio eunice eva evan evangelos
eve evelyn evelyne everett ewa ewald fabian fabien fabienne fabio fabiola fabrice fabrizio faisal faith fanny farah farhan farid fatemeh
fatima fatma faye federica federico felicia felicitas felicity felipe felix ferdinand fergus fernand fernanda fernando filip filippo fiona
flavia flavio fleur flora florence florencia florent florian floyd francesca francesco frances francine francis francisca francisco franco
francois francoise frank frankie franklin franz franziska fred freda freddie frederic frederick frederik fredrik freya frida frieda
friederike friedrich fritz fumiko gabriel gabriela gabriele gabriella gabrielle gaetan gaetano gail garrett garry gary gaspard gaston gavin
gemma gene genevieve geoff geoffrey george georges georgia georgina georgios gerald geraldine gerard gerardo gerd gerda gerhard gerlinde
germaine gerry gert gertrud gertrude ghislaine giacomo gianfranco gianluca gianna gianni gilbert gilberto gilda giles gilles gillian gina
ginger gino giorgia giorgio giovanna giovanni gisela giselle gita giulia giuliana giulio giuseppe giuseppina gladys glen glenda glenn gloria
gonzalo gordon gottfried graeme graham grant greg gregoire gregor gregorio gregory greta gretchen grzegorz guadalupe gudrun guenter guenther
guido guilherme guillaume guillermo gunnar gunter gunther gustav gustavo guy gwen gwendolyn gwyneth habib hadi hakan hal haley halina hamid
hamza hana hanna hannah hannelore hannes hans hansjorg harald hari hariharan harold haroon harper harriet harrison harry haruka haruki haruto
harvey hasan hassan hatice hazel heath heather hector hedwig heidi heike heiko heiner heinrich heinz helen helena helene helga hellen helmut
hendrik henk henning henri henrietta henriette henrik henrique henry herbert heriberto herman hermann herminia herta hideki hideo hilary
hilda hilde hildegard hillary hiro hiroko hiroshi hoda holger holly homer horst hortense hosea howard hubert hugh hugo huguette humberto
hussain hussein ian ibrahim ida ignacio igor ilaria ilka ilona ilse imani imran ina inaki indira ines inga inge ingeborg ingo ingrid
inna ioana ioannis ira iremna irena irene irina iris irma irmgard irving isaac isabel isabell isabella isabelle isaiah isidro ismael ismail
ivan ivana ivo ivonne ivy izabela jack jackie jackson jaclyn jacob jacqueline jacques jade jaime jake jakob jakub jamal james jamie jamila
jan jana jane janet janice janina janine janis janusz jared jarek jasmin jasmine jason jasper javier jay jayden jayne jean jeanette jeanine
jeanne jeannette jeannine jeff jeffery jeffrey jelena jenna jennie jennifer jenny jens jeremiah jeremy jerome jerry jerzy jesse jessica
jessie jesus jill jim jimena jimmy jing jitka jo joachim joan joana joanna joanne joao joaquin jochen jodi jody joe joel joelle joerg johan
johann johanna johannes john johnnie johnny jolanda jolanta jon jonah jonas jonathan jordan jorg jorge jose josef josefa josefina
josefine joseph josephine josette josh joshua josiane josie josip jost joy joyce juan juana juanita jude judith judy jules julia julian
juliana juliane julianna julianne julie julien juliet julieta juliette julio julius jun june junko jurgen justin justina justine justus
jutta kai kaitlyn kamal kamil kamila karen karim karin karina karine karl karla karol karola karolina karoline karsten kasia kaspar kate
katarina katarzyna katelyn katerina katharina katherine kathleen kathrin kathryn kathy katia katie katja katrin katrina kavita kay kayla
kazimierz kazuko kazuo keiko keisha keith kelley kelli kelly kelsey kelvin ken kendall kendra kenji kenneth kenny kent kenta kerry kerstin
kevin khadija khaled khalid kim kimberly kirk kirsten kirstin kirsty kiyoko kiyoshi klaas klara klaus knut konrad konstantin konstantinos
koji kostas krishna krista kristen kristian kristin kristina kristine kristy krystyna krzysztof kumar kunal kurt kyle kylie kyoko lance lara
larissa larry lars latoya laura laure lauren laurence laurent lauri laurie lavinia lawrence layla lea leah leandro leanne lee leif leila
lena leni lennart lenny lenore leo leon leona leonard leonardo leonhard leonie leonor leopold leroy lesley leslie leszek leticia lewis
liam lidia liesel lieselotte lila lili liliana lillian lilly lily lin lina linda lindsay lindsey ling linus lionel lisa lisbeth lise
lisette livia liza lloyd logan lois lola lonnie lora lore lorena lorenz lorenzo loretta lori lorna lorraine lothar lottie lou louis louisa
louise lourdes luc luca lucas lucia lucian luciana luciano lucie lucien lucienne lucille lucinda lucy ludmila ludovic ludwig luigi luis
luisa luise luiz luke lukas lukasz lutz luz lydia lydie lyle lynda lyndon lynette lynn lynne mabel maciej mackenzie maddison madeleine
madeline madelyn mads magda magdalena maggie magnus mahmoud maik maike maisie maja malcolm malgorzata malik malin mallory malte mandy manfred
manish manon mansour manuel manuela mara marc marcel marcella marcelle marcello marcelo marcia marcin marco marcos marcus marek maren margaret
margarete margareta margarita margaux margherita margit margot margret marguerite maria mariam marian mariana mariane mariann marianna
marianne mariano marie mariela marielle marietta marijke marika marilyn marina mario marion marisa marisol marissa maritza marius marjorie
mark marko markus marlene marlies marlon marsha marta martha marthe martin martina martine marvin mary maryam maryse masako masao massimo
mateo mateusz mathew mathias mathieu mathilda mathilde mats matt matteo matthew matthias matthieu maud maude maura maureen maurice mauricio
maurizio maurits max maxim maxime maximilian maxine maya mayumi meg megan mehdi mehmet meike melanie melinda melissa melvin mercedes
meredith merle mia micah michael michaela michal michalis micheal michel michela michele micheline michelle michiko miguel mihai mika mikael
mike mikhail mila milan mildred milena miles milica millie milo milos milton mina minh minna miranda mireille miriam mirjam mirko miroslav
misty mitchell mitsuko mohamed mohammad mohammed mohan mohsen moira molly mona monica monika monique monroe montserrat morgan moritz morris
moshe moses mourad muhammad mukesh muriel murray mustafa myra myriam myrtle nabil nada nadia nadine nadja nagendra nahid nancy naoko naomi
naresh nasser natacha natalia natalie nataliya natasha nate nathalie nathan nathaniel naveed navin neal ned neha neil nellie nelly nelson
nerea nestor nicholas nick nicky nico nicola nicolas nicole nicoletta niels nigel nikhil niklas nikola nikolai nikolaos nikolas nikolaus
nikos nils nina nisha nitin noa noah noel noelia noelle noemi nora norah norbert noriko norma norman nour nuno nuria octavio odette odile
okechukwu olaf olav ole oleg olena olga oliver olivia olivier olof olu oluwaseun omar omer ophelia orlando oscar oskar osman oswald otis otto
owen ozlem pablo paige pamela paola paolo parisa pascal pascale pat patrice patricia patricio patrick patrik patrizia patsy patti
patty paul paula paulette paulina pauline paulo pavel pawel payton pedro peggy penelope penny percy perla pernille perrine peter petra
petros phil philip philipp philippa philippe phillip phoebe phyllis pia pierre pietro pilar pinar piotr polly prakash pranav prasad preston
priscilla priya quentin quinn rachel rachele rachid radu rafael rafaela raffaele rahul raimund rainer raj rajesh ralf ralph ram rama ramesh
ramon ramona randall randy rania raphael raquel rashid raul ravi ray raymond raymonde razia reagan rebecca rebekka reed regina reginald
regine regis reiko reina reiner reinhard reinhold remi remy rena renata renate renato rene renee reto rex reza rhonda ricarda ricardo riccardo
rich richard rick ricky riley rita ritva rob robbie robert roberta roberto robin robyn rocio rod roderick rodger rodney rodolfo rodrigo roger
rohan rohit roland rolando rolf roman romain romana romeo ron ronald ronan ronja ronnie rory rosa rosalie rosalind rosalyn rosanna rosario
rose rosemarie rosemary rosie ross roswitha rowan rowena roxane roxanne roy royce ruben ruby rudi rudolf rudy rufus rui rupert russ
russell rusty ruth ryan ryszard sabina sabine sabrina sachiko sadie sahar said sakura sally salma salvador salvatore sam samantha sameer
samira sammy samson samuel samuele sana sandeep sander sandra sandrine sandro sandy sanjay sanna santiago santos saoirse sara sarah
sascha sasha satoshi saul savannah scarlett scott sean sebastian sebastiano sebastien selena selim selina selma serena serge sergei sergej
sergey sergio seth severin shannon shari sharon shaun shauna shawn sheena sheila shelby sheldon shelley shelly sheri sherman sherri
sherry sheryl shigeru shinji shirin shirley shiva shreya sibylle sidney siegfried sigrid silas silja silke silvana silvia silvio simon
simona simone sina siobhan slawomir sofia sofie sol solange solene sonia sonja sonya sophia sophie soren spencer stacey stacy stan
stanislav stanislaw stanley stefan stefania stefanie stefano steffen stella stephan stephane stephanie stephen sterling steve steven
stewart stuart sue suleiman sumiko sunil suresh susan susana susann susanna susanne susi susie suzanne suzette sven svenja svetlana sybille
sydney sylvain sylvia sylvie tabea tabitha tadeusz takashi takeshi takumi tamar tamara tamika tammy tania tanja tanya tara tarek tariq tatiana
tatjana taylor ted teodoro terence teresa teri terrance terrence terri terry tess tessa thaddeus thea thelma theo theodor theodora
theodore theresa therese theresia thierry thomas thorsten tia tiago tibor tiffany till tilo tim timo timothy tina tobias toby todd tom
tomas tomasz tommaso tommy tomoko tone toni tony tonya torben torsten toshio tove tracey traci tracy travis trevor tricia trina trinh
trinity trisha tristan troy trudy tuan tyler tyrone udo ugo ulf uli ulla ulrich ulrike umberto ursel ursula uschi ute uwe vada
valentin valentina valentine valeria valerie valerio vance vanesa vanessa vasile vasilios vasily vaughn vera verena vernon veronica
veronika veronique vicente vicki vickie vicky victor victoria vijay vikram viktor viktoria vikki vilma vince vincent vincenzo viola violet
virginia virginie vishal vito vittorio vivek vivian viviane vivienne vladimir volker wade wael waldemar walid wallace walt walter waltraud
wanda warren wayne wei wendell wendy wenzel werner wesley whitney wilbur wilfred wilfried wilhelm wilhelmina will willem willi william
willie willis wilma winfried winifred winston wojciech wolf wolfgang woodrow wout xander xavier ximena xiang yael yan yann yannick yannis
yara yasmin yasmine yasuko yi ying yolanda yoko yong yosef yoshiko youssef yuki yumi yun yuri yusuf yves yvette yvonne zachary zack
zainab zara zbigniew zdenek zeynep zhi zoe zofia zoltan zora zsofia zuzana
`;
