/**
 * What technologists and radiologists write into descriptions, protocol names and comments, one per line and
 * without an identifier: every word has to stay. Written for this project. Many hold what a careless finder takes for a
 * name, a date or a number of a record: eponyms, devices, sizes, technique, levels of the spine.
 */
export const DESCRIPTORS: readonly string[] = `
CT CHEST W/O CONTRAST
CT Abdomen Pelvis w contrast portal venous
HEAD^ROUTINE
Brain MRI w/wo Gd
t1_mprage_sag_p2_iso
t2_tse_tra_512
ep2d_diff_3scan_trace_p2_ADC
AX T2 FLAIR FS
SAG T1 SE
COR STIR
3D TOF MRA Circle of Willis
LUMBAR SPINE W/O
L4-L5 disc level
C-spine lateral flexion extension
XR HAND LEFT 3 VIEWS
Right foot weight bearing AP
long axis cine
SHORT AXIS STACK 8 mm
4 chamber view
Head First Supine
localizer
3-plane scout
Topogram 0.6 T20f
ABDOMEN 5.0 B30f
THORAX 1.0 B70f Lung
Bone window 2000/500
Dose Report
Patient Protocol
PET AC body
FDG PET/CT skull base to mid thigh
CT AC WB 3.27 mm
Bolus tracking ROI aorta
Test Bolus 20 ml
Arterial phase 35 s delay
Delayed phase 10 min
Hepatobiliary phase 20 min Eovist
DWI b0 b500 b1000
ADC map (10^-6 mm2/s)
SWI minIP 16 mm
DTI 64 directions
BOLD resting state TR 2000 TE 30
MRCP thick slab 40 mm
Dixon water only
VIBE dynamic pre
subtraction post minus pre
TWIST angio carotid
Whole spine sagittal composed
Knee PD FS cor
Shoulder arthrogram right
Hip dGEMRIC
Wrist TFCC 0.5 mm
Prostate T2 ax 3 mm no gap
Breast biopsy clip placement
Mammogram screening R CC
MG L MLO implant displaced
DBT slab 10 mm
Chest PA and lateral
KUB supine
Portable chest AP upright
Esophagram barium swallow
Upper GI series with small bowel follow through
Voiding cystourethrogram
Hysterosalpingogram
Skeletal survey infant
Bone age left hand
Scoliosis standing PA
Colles fracture post reduction
Smith fracture volar angulation
Jones fracture base of fifth metatarsal
Bennett fracture thumb
Baker cyst popliteal fossa
Hodgkin lymphoma restaging
Non-Hodgkin lymphoma follow-up
Wilson disease basal ganglia
Parkinson disease DaTscan
Crohn disease MR enterography
Alzheimer type dementia amyloid PET
Marfan syndrome aortic root
Turner syndrome cardiac MR
Down syndrome atlantoaxial
Graves ophthalmopathy orbits
Hashimoto thyroiditis
Barrett esophagus
Budd-Chiari syndrome Doppler
Arnold-Chiari malformation CSF flow
Dandy-Walker continuum
Osgood-Schlatter tibial tubercle
Legg-Calve-Perthes hips frog leg
Bell palsy facial nerve enhancement
Paget disease pelvis
Kaposi sarcoma chest
Ewing sarcoma femur
Wilms tumor staging
Pancoast tumor apical
Pott disease T11-T12
Meckel diverticulum scan
Foley catheter in bladder
Swan-Ganz catheter tip
Hickman line position
Dobhoff tube placement
Kirschner wires K-wires distal radius
Harrington rods thoracic
Greenfield filter IVC
Waters view sinuses
Towne projection skull
Judet views pelvis
Grashey view shoulder
Swimmers view C7-T1
Ferguson view sacrum
Hounsfield units 45 HU
Agatston score 0
Bosniak 2F cyst
Gleason 3+4 lesion PI-RADS 4
BI-RADS 2 benign
LI-RADS 5 segment 8
TI-RADS 3 nodule 12 x 9 mm
Lung-RADS 1 low dose
Fleischner follow up 6 months
RECIST target lesion 1
SUVmax 5.2 left hilum
Left ventricular ejection fraction 55%
EF 60 pct
AAA 5.4 cm infrarenal
Endoleak type II
TAVR planning gated 10% to 90%
Coronary CTA prospective 75%
LAD LCx RCA curved MPR
CT perfusion CBF CBV MTT Tmax
Non-contrast head stroke code
Trauma pan scan
Facial bones 0.75 mm
Temporal bone right ear
Orbits w/o
Neck soft tissue w/ 75 ml
Swallow study thin liquids
Renal stone protocol
Adrenal washout
CT urogram split bolus
Appendix protocol rule out
Pulmonary embolism CTPA
HRCT inspiration expiration prone
Rib series right lower
Sternum lateral
AC joints with weights
Elbow oblique
Femur portable cross table
Tib fib AP lat
Ankle mortise
Calcaneus Harris axial
Toe second digit
Finger 3 views ring
Nasal bones
Mandible panorex
TMJ open closed
US gallbladder fasting
Doppler carotid bilateral
DVT lower extremity left
OB 20 weeks anatomy
Fetal heart 4CH
Thyroid FNA guidance
Testicular torsion
Appendix graded compression
Neonatal head coronal sulci
Echo TTE parasternal
NM bone scan 3 phase
V/Q perfusion posterior
HIDA with CCK
Gastric emptying 4 hour
MUGA rest
Thallium stress rest
I-131 whole body post therapy
Ga-68 DOTATATE
F-18 PSMA-1007
Tc-99m MDP 25 mCi
Lymphoscintigraphy breast
RT planning CT 2 mm
CBCT fraction 12 of 30
PTV 60 Gy boost
GTV nodal level II
Brain stem
Optic chiasm
Spinal cord PRV
Heart dose mean
Left lung minus GTV
Bladder empty
Rectum filling
Couch shift 3 mm vertical
MIP 10 mm thick
MPR cor 3x3
VRT bone removal
3D recon grey scale
KEY IMAGES
SCOUT 120kV 10mA
Calcium scoring
Helical 0.984:1 pitch
Kernel Br40 admire 3
DLP 512 mGy cm CTDIvol 12.4
kVp 120 mAs 250
FOV 350 matrix 512x512
TR 1500 TE 90 FA 90
TI 2200 ETL 16
NEX 2 BW 31.25
Slice 5/6.5 mm
5 mm gap 1
B1000 trace
iPAT 2 GRAPPA
SENSE 1.5
fs tra 3.0 mm bh
HASTE cor bh
TRUFISP cine 25 phases
Late gadolinium enhancement PSIR
T2* iron 8 echoes
Elastography 60 Hz
Spectroscopy TE 144 single voxel
Functional motor right hand finger tapping
Arterial spin labeling PLD 1800
Cochlear implant precautions
MR conditional pacemaker 1.5T
claustrophobic open scanner
motion degraded repeat
breath hold 15 sec
respiratory gated
suboptimal bolus
technically limited by body habitus
field of view large
ring enhancing lesion
white matter disease
black blood T1
gray matter heterotopia
brown fat uptake
green stick fracture
golden angle radial
bone marrow edema
heart rate 62 bpm
young adult protocol
short tau inversion
stone in left ureter 4 mm
wood splinter foreign body
rice bodies in joint
marsh type villous atrophy
page kidney compression
hall effect sensor test
king size table adapter
church window artifact none
fox sign absent
hook of hamate
ball and socket joint
cross table lateral
ray tracing render
may repeat with contrast
will need oral prep
pat down foam pads
hand carried unit
max intensity projection
grant study arm B visit 3
trial arm B week 12
Phantom QC daily
ACR phantom uniformity
Tech note IV infiltrated right antecubital
20 gauge right AC 3 ml/s
Omnipaque 350 100 ml IV
Visipaque 320
Isovue 370 80 ml
Gadavist 7 ml
Multihance 0.1 mmol/kg
Dotarem 15 ml at 2 ml/s
Water 500 ml oral
Glucagon 1 mg IM
creatinine 0.9 eGFR 88
glucose 98 mg/dl
uptake time 62 min
GCS 15 NIHSS 4
Post op day 2
s/p CABG x3
s/p Whipple anastomosis intact
s/p Billroth II
Nissen fundoplication intact
Roux-en-Y limb
Hartmann pouch
Kasai portoenterostomy
Fontan circulation
Ross procedure
Norwood stage 1
Blalock-Taussig shunt patent
Le Fort II fracture
Salter-Harris II
Gustilo grade 3
Kellgren-Lawrence grade 3
Schatzker IV
Weber B ankle
Monteggia fracture dislocation
Galeazzi fracture
Hill-Sachs deformity
Bankart lesion
Segond fracture
Stener lesion
Charcot joint midfoot
Lisfranc injury
Chance fracture L2
Jefferson fracture C1
Schmorl nodes
Tarlov cyst S2
Modic type 2 endplate
Kienbock disease lunate
Freiberg infraction
Haglund deformity
Morton neuroma 3rd web space
`
  .trim()
  .split("\n");
