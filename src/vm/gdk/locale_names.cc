#include "vm/gdk/locale_names.h"

#include <algorithm>

namespace windlass::vm {
namespace {

// Code of two letters, code of three, name, `|`.
constexpr std::string_view kCountries =
    "ADANDAndorra|AEAREUnited Arab Emirates|AFAFGAfghanistan|AGATGAntigua & Barbuda|AIAIAAnguilla|"
    "ALALBAlbania|AMARMArmenia|AOAGOAngola|AQATAAntarctica|ARARGArgentina|ASASMAmerican Samoa|"
    "ATAUTAustria|AUAUSAustralia|AWABWAruba|AXALAÅland Islands|AZAZEAzerbaijan|BABIHBosnia & Herzegovina|"
    "BBBRBBarbados|BDBGDBangladesh|BEBELBelgium|BFBFABurkina Faso|BGBGRBulgaria|BHBHRBahrain|"
    "BIBDIBurundi|BJBENBenin|BLBLMSt. Barthélemy|BMBMUBermuda|BNBRNBrunei|BOBOLBolivia|"
    "BQBESCaribbean Netherlands|BRBRABrazil|BSBHSBahamas|BTBTNBhutan|BVBVTBouvet Island|BWBWABotswana|"
    "BYBLRBelarus|BZBLZBelize|CACANCanada|CCCCKCocos (Keeling) Islands|CDCODCongo - Kinshasa|"
    "CFCAFCentral African Republic|CGCOGCongo - Brazzaville|CHCHESwitzerland|CICIVCôte d’Ivoire|"
    "CKCOKCook Islands|CLCHLChile|CMCMRCameroon|CNCHNChina|COCOLColombia|CRCRICosta Rica|CUCUBCuba|"
    "CVCPVCape Verde|CWCUWCuraçao|CXCXRChristmas Island|CYCYPCyprus|CZCZECzechia|DEDEUGermany|"
    "DJDJIDjibouti|DKDNKDenmark|DMDMADominica|DODOMDominican Republic|DZDZAAlgeria|ECECUEcuador|"
    "EEESTEstonia|EGEGYEgypt|EHESHWestern Sahara|ERERIEritrea|ESESPSpain|ETETHEthiopia|FIFINFinland|"
    "FJFJIFiji|FKFLKFalkland Islands|FMFSMMicronesia|FOFROFaroe Islands|FRFRAFrance|GAGABGabon|"
    "GBGBRUnited Kingdom|GDGRDGrenada|GEGEOGeorgia|GFGUFFrench Guiana|GGGGYGuernsey|GHGHAGhana|"
    "GIGIBGibraltar|GLGRLGreenland|GMGMBGambia|GNGINGuinea|GPGLPGuadeloupe|GQGNQEquatorial Guinea|"
    "GRGRCGreece|GSSGSSouth Georgia & South Sandwich Islands|GTGTMGuatemala|GUGUMGuam|GWGNBGuinea-Bissau|"
    "GYGUYGuyana|HKHKGHong Kong SAR China|HMHMDHeard & McDonald Islands|HNHNDHonduras|HRHRVCroatia|"
    "HTHTIHaiti|HUHUNHungary|IDIDNIndonesia|IEIRLIreland|ILISRIsrael|IMIMNIsle of Man|ININDIndia|"
    "IOIOTBritish Indian Ocean Territory|IQIRQIraq|IRIRNIran|ISISLIceland|ITITAItaly|JEJEYJersey|"
    "JMJAMJamaica|JOJORJordan|JPJPNJapan|KEKENKenya|KGKGZKyrgyzstan|KHKHMCambodia|KIKIRKiribati|"
    "KMCOMComoros|KNKNASt. Kitts & Nevis|KPPRKNorth Korea|KRKORSouth Korea|KWKWTKuwait|"
    "KYCYMCayman Islands|KZKAZKazakhstan|LALAOLaos|LBLBNLebanon|LCLCASt. Lucia|LILIELiechtenstein|"
    "LKLKASri Lanka|LRLBRLiberia|LSLSOLesotho|LTLTULithuania|LULUXLuxembourg|LVLVALatvia|LYLBYLibya|"
    "MAMARMorocco|MCMCOMonaco|MDMDAMoldova|MEMNEMontenegro|MFMAFSt. Martin|MGMDGMadagascar|"
    "MHMHLMarshall Islands|MKMKDNorth Macedonia|MLMLIMali|MMMMRMyanmar (Burma)|MNMNGMongolia|"
    "MOMACMacao SAR China|MPMNPNorthern Mariana Islands|MQMTQMartinique|MRMRTMauritania|MSMSRMontserrat|"
    "MTMLTMalta|MUMUSMauritius|MVMDVMaldives|MWMWIMalawi|MXMEXMexico|MYMYSMalaysia|MZMOZMozambique|"
    "NANAMNamibia|NCNCLNew Caledonia|NENERNiger|NFNFKNorfolk Island|NGNGANigeria|NINICNicaragua|"
    "NLNLDNetherlands|NONORNorway|NPNPLNepal|NRNRUNauru|NUNIUNiue|NZNZLNew Zealand|OMOMNOman|PAPANPanama|"
    "PEPERPeru|PFPYFFrench Polynesia|PGPNGPapua New Guinea|PHPHLPhilippines|PKPAKPakistan|PLPOLPoland|"
    "PMSPMSt. Pierre & Miquelon|PNPCNPitcairn Islands|PRPRIPuerto Rico|PSPSEPalestinian Territories|"
    "PTPRTPortugal|PWPLWPalau|PYPRYParaguay|QAQATQatar|REREURéunion|ROROURomania|RSSRBSerbia|RURUSRussia|"
    "RWRWARwanda|SASAUSaudi Arabia|SBSLBSolomon Islands|SCSYCSeychelles|SDSDNSudan|SESWESweden|"
    "SGSGPSingapore|SHSHNSt. Helena|SISVNSlovenia|SJSJMSvalbard & Jan Mayen|SKSVKSlovakia|"
    "SLSLESierra Leone|SMSMRSan Marino|SNSENSenegal|SOSOMSomalia|SRSURSuriname|SSSSDSouth Sudan|"
    "STSTPSão Tomé & Príncipe|SVSLVEl Salvador|SXSXMSint Maarten|SYSYRSyria|SZSWZEswatini|"
    "TCTCATurks & Caicos Islands|TDTCDChad|TFATFFrench Southern Territories|TGTGOTogo|THTHAThailand|"
    "TJTJKTajikistan|TKTKLTokelau|TLTLSTimor-Leste|TMTKMTurkmenistan|TNTUNTunisia|TOTONTonga|TRTURTurkey|"
    "TTTTOTrinidad & Tobago|TVTUVTuvalu|TWTWNTaiwan|TZTZATanzania|UAUKRUkraine|UGUGAUganda|"
    "UMUMIU.S. Outlying Islands|USUSAUnited States|UYURYUruguay|UZUZBUzbekistan|VAVATVatican City|"
    "VCVCTSt. Vincent & Grenadines|VEVENVenezuela|VGVGBBritish Virgin Islands|VIVIRU.S. Virgin Islands|"
    "VNVNMVietnam|VUVUTVanuatu|WFWLFWallis & Futuna|WSWSMSamoa|YEYEMYemen|YTMYTMayotte|ZAZAFSouth Africa|"
    "ZMZMBZambia|ZWZWEZimbabwe|";
constexpr std::string_view kLanguages =
    "aaaarAfar|ababkAbkhazian|aeaveAvestan|afafrAfrikaans|akakaAkan|amamhAmharic|anargAragonese|"
    "araraArabic|asasmAssamese|avavaAvaric|ayaymAymara|azazeAzerbaijani|babakBashkir|bebelBelarusian|"
    "bgbulBulgarian|bhbihBihari|bibisBislama|bmbamBambara|bnbenBangla|bobodTibetan|brbreBreton|"
    "bsbosBosnian|cacatCatalan|cecheChechen|chchaChamorro|cocosCorsican|crcreCree|cscesCzech|"
    "cuchuChurch Slavic|cvchvChuvash|cycymWelsh|dadanDanish|dedeuGerman|dvdivDivehi|dzdzoDzongkha|"
    "eeeweEwe|elellGreek|enengEnglish|eoepoEsperanto|esspaSpanish|etestEstonian|eueusBasque|fafasPersian|"
    "fffulFulah|fifinFinnish|fjfijFijian|fofaoFaroese|frfraFrench|fyfryWestern Frisian|gagleIrish|"
    "gdglaScottish Gaelic|glglgGalician|gngrnGuarani|gugujGujarati|gvglvManx|hahauHausa|hehebHebrew|"
    "hihinHindi|hohmoHiri Motu|hrhrvCroatian|hthatHaitian Creole|huhunHungarian|hyhyeArmenian|"
    "hzherHerero|iainaInterlingua|idindIndonesian|ieileInterlingue|igiboIgbo|iiiiiSichuan Yi|"
    "ikipkInupiaq|inindIndonesian|ioidoIdo|isislIcelandic|ititaItalian|iuikuInuktitut|iwhebHebrew|"
    "jajpnJapanese|jiyidYiddish|jvjavJavanese|kakatGeorgian|kgkonKongo|kikikKikuyu|kjkuaKuanyama|"
    "kkkazKazakh|klkalKalaallisut|kmkhmKhmer|knkanKannada|kokorKorean|krkauKanuri|kskasKashmiri|"
    "kukurKurdish|kvkomKomi|kwcorCornish|kykirKyrgyz|lalatLatin|lbltzLuxembourgish|lglugGanda|"
    "lilimLimburgish|lnlinLingala|lolaoLao|ltlitLithuanian|lulubLuba-Katanga|lvlavLatvian|mgmlgMalagasy|"
    "mhmahMarshallese|mimriMaori|mkmkdMacedonian|mlmalMalayalam|mnmonMongolian|momolMoldavian|"
    "mrmarMarathi|msmsaMalay|mtmltMaltese|mymyaBurmese|nanauNauru|nbnobNorwegian Bokmål|"
    "ndndeNorth Ndebele|nenepNepali|ngndoNdonga|nlnldDutch|nnnnoNorwegian Nynorsk|nonorNorwegian|"
    "nrnblSouth Ndebele|nvnavNavajo|nynyaNyanja|ocociOccitan|ojojiOjibwa|omormOromo|ororiOdia|"
    "osossOssetic|papanPunjabi|pipliPali|plpolPolish|pspusPashto|ptporPortuguese|ququeQuechua|"
    "rmrohRomansh|rnrunRundi|roronRomanian|rurusRussian|rwkinKinyarwanda|sasanSanskrit|scsrdSardinian|"
    "sdsndSindhi|sesmeNorthern Sami|sgsagSango|sisinSinhala|skslkSlovak|slslvSlovenian|smsmoSamoan|"
    "snsnaShona|sosomSomali|sqsqiAlbanian|srsrpSerbian|sssswSwati|stsotSouthern Sotho|susunSundanese|"
    "svsweSwedish|swswaSwahili|tatamTamil|tetelTelugu|tgtgkTajik|ththaThai|titirTigrinya|tktukTurkmen|"
    "tltglTagalog|tntsnTswana|totonTongan|trturTurkish|tstsoTsonga|tttatTatar|twtwiTwi|tytahTahitian|"
    "uguigUyghur|ukukrUkrainian|ururdUrdu|uzuzbUzbek|vevenVenda|vivieVietnamese|vovolVolapük|"
    "wawlnWalloon|wowolWolof|xhxhoXhosa|yiyidYiddish|yoyorYoruba|zazhaZhuang|zhzhoChinese|zuzulZulu|";

std::vector<LocaleName> rows_of(std::string_view packed) {
  std::vector<LocaleName> out;
  while (!packed.empty()) {
    const std::size_t end = packed.find('|');
    out.push_back({packed.substr(0, 2), packed.substr(2, 3), packed.substr(5, end - 5)});
    packed.remove_prefix(end + 1);
  }
  return out;
}

const LocaleName* find(const std::vector<LocaleName>& rows, std::string_view code) {
  const auto found = std::ranges::find(rows, code, &LocaleName::code);
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace

const std::vector<LocaleName>& languages() {
  static const std::vector<LocaleName> kRows = rows_of(kLanguages);
  return kRows;
}
const std::vector<LocaleName>& countries() {
  static const std::vector<LocaleName> kRows = rows_of(kCountries);
  return kRows;
}
const LocaleName* find_language(std::string_view code) { return find(languages(), code); }
const LocaleName* find_country(std::string_view code) { return find(countries(), code); }

}  // namespace windlass::vm
