/**
 * Surnames and given names that are also words of descriptors, each with the neighbours that make it the word: "white" beside
 * "matter" is no person. "#" is a number, "*" any clinical word. Written for this project from general knowledge.
 */
export const COLLOCATIONS = `
black: blood bone lung
brown: fat tumor tumour tumors adipose sequard
chase: bolus saline
clara: cell cells
cross: section sections sectional table over talk leg legs match sign calibration
day: # per post
fields: visual lung radiation treatment
fish: mouth vertebra vertebrae oil
french: #
gene: expression therapy
good: quality study inspiration image images contrast
graves: disease ophthalmopathy orbitopathy
gray: matter scale white
green: dye indocyanine
gross: specimen description total pathology motion tumor hematuria
hill: sachs
horn: anterior posterior frontal temporal occipital dorsal ventral
hunt: hess
hunter: syndrome
iris: *
little: finger toe league leaguer
long: axis ax bone bones te tr leg legs head segment term standing film cassette arm stem thoracic tau view bone
mark: nipple skin
mason: type
max: * #
may: thurner hegglin
mercedes: benz
pan: scan ct
pat: * #
ray: x sum casting
rays: x
rice: body bodies
rod: cone harrington
root: nerve aortic canal dental tooth tip mesenteric
rose: bengal
sharp: *
shepherd: crook hook
short: axis ax te tr ti bowel tau bone segment stature leg inversion scan term view stem
singleton: pregnancy fetus gestation
small: *
stone: kidney renal ureteral protocol search study bladder
strong: *
temple: bone fracture
tim: coil trio ct tx
tone: *
turner: syndrome
walker: dandy
wall: *
walls: *
waters: view projection
watts: #
weeks: # gestation
wells: score
west: syndrome
white: matter blood cell cells balance gray grey line
winter: diarrhea
young: adult adults child patient
`;
